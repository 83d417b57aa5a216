"""What a domain's DNS means for the company's mail: one file a subject, one finding a fact."""
