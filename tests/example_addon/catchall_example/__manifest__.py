{
    "name": "Catch-all Mail Router: Example of an Extension",
    "summary": "A verdict and a step of another addon: meeting requests, and aliases in the plural",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "license": "LGPL-3",
    "depends": ["mail_catchall_router"],
}
