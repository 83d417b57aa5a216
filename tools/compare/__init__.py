"""./dev compare: text and files of other people's messages, beside an independent parser."""
