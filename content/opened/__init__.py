"""What is opened to see what is in it: signed messages, winmail.dat, certified mail, old encodings.

Each module takes the bytes of one container and gives back what lies inside, within limits of its
own; what it cannot read it leaves alone, so that the container stays a file like any other.
"""
