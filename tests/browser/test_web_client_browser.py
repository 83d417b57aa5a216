"""The web client works with the addon installed."""


def test_the_web_client_opens_settings(page, screenshot):
    page.goto("/odoo/settings")
    page.wait_for_selector(".o_setting_box, .o_settings_container")
    assert screenshot("settings").stat().st_size > 10_000
