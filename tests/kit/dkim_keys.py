"""Public RSA keys as they stand in DKIM records; nobody keeps their other halves."""

RSA_512 = (
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALAJhE35+A0RwbTLakKcUt3g5hk3eBIvpWCVsYpdCuXL3jLjZMiEMUDFs1"
    "QWffmsfdebFOc9q4MRGeezCVk6A+kCAwEAAQ=="
)
RSA_1024 = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDIeVArgeOZlhDYuCN1HqfOH6kqa3Lvr7+YtiOKHlh2DK4w6muDK/"
    "DezTZ9aQ19zQNHLwnWb4oQnru2IxngoorkbEpnUvILGD3fsBaRavhKIsElJJ3yGm/OypLwIc8ttlG9oU1V6eIYe8ye"
    "z9N3HjVoRM0TIZJo+w3ODbKCpZlNnwIDAQAB"
)
RSA_2048 = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAx5eJ+psICqlUlYeW3TWNEri+m1OtJzuCg2m/Ta+G5vd+Ch"
    "Y8Kx5sygZyaFuFobWz2xG4xqFQyfqgXCp8cFgZlL+iW8cMIw4fsb3TiNusC9mWr8MsZLaQFZkCId69M0227D6fzh/8"
    "rLM7smPu/8WUimF0acRte4kcl1Mvrlcu8PvOtXqgbohOR7KVoN2iLjpp0ZnxdjeE+ri2xa2/tq92QVG9Ia3lGhuMD/"
    "vQByAck5ucYy2N3LRTYqFekrYHKI9ru9C0NIFpqaaDKGq9BUULrF+pyHQ667YQaGmW41bLskSc4kbcGc6Gwoc04S7G"
    "d2R2q8yXnHWyD3zfEEulIxyTYQIDAQAB"
)
