#!/usr/bin/env python3
"""Drives the explorer in a real browser: python3 tests/browser/explorer.py [SCREENSHOT_DIR]

Starts target/release/examples/serve on the seed documents, searches, chooses a facet, sees the counts change and the
siblings stay, opens a document, goes back, and reads the browser's console. Where no browser can be had it says so and passes.
Needs Chromium, its driver and Selenium (Debian: chromium chromium-driver python3-selenium).
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile


def skip(reason):
    print(f"browser test skipped: {reason}")
    sys.exit(0)


try:
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    skip("Selenium is not installed")

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
if not BROWSER or not DRIVER:
    skip("Chromium or its driver is not installed")

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = ROOT / "target/release/examples/serve"


def browser(profile, scheme):
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}", "--window-size=1280,1000"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(service=webdriver.chrome.service.Service(DRIVER), options=options)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                           {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    return driver


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print(f"ok: {what}")


def counts(driver, dimension):
    links = driver.find_elements(By.CSS_SELECTOR, f"section[aria-labelledby='facet-{dimension}'] > ul > li > a")
    return {link.get_attribute("title"): int(link.find_element(By.CLASS_NAME, "count").text.replace(",", "")) for link in links}


def walk(driver, address, shots):
    def shot(name):
        if shots:
            shots.mkdir(parents=True, exist_ok=True)
            driver.save_screenshot(str(shots / f"{name}.png"))

    driver.get(address)
    box = driver.find_element(By.NAME, "q")
    box.send_keys("NATO\n")
    WebDriverWait(driver, 10).until(lambda d: d.find_elements(By.CSS_SELECTOR, ".hit mark"))
    shot("search")
    before = counts(driver, "actor")
    topics = counts(driver, "topic")
    total = driver.find_element(By.CLASS_NAME, "total").text
    check("/state/CHN" in before and "/state/LTU" in before, "the actors of the results are offered")

    driver.find_element(By.CSS_SELECTOR, "a[title='/state/LTU']").click()
    WebDriverWait(driver, 10).until(lambda d: d.find_elements(By.CSS_SELECTOR, "a.chosen"))
    shot("facet")
    check(driver.find_element(By.CLASS_NAME, "total").text != total, "choosing an actor narrows the results")
    check(counts(driver, "topic") != topics, "the counts of topics change")
    check(counts(driver, "actor") == before, "the siblings of the chosen actor stay, with their counts")

    driver.find_element(By.CSS_SELECTOR, ".hit h3 a").click()
    WebDriverWait(driver, 10).until(lambda d: "/document/" in d.current_url)
    shot("document")
    check(driver.find_elements(By.CSS_SELECTOR, "article .paragraph"), "a hit leads to its document")
    driver.back()
    WebDriverWait(driver, 10).until(lambda d: d.find_elements(By.CSS_SELECTOR, "a.chosen"))
    check(counts(driver, "actor") == before, "back is the same view")

    driver.get(address + "pictures?q=NATO")
    shot("pictures")
    check(driver.find_elements(By.CSS_SELECTOR, "svg.matrix rect"), "the matrix has squares")

    driver.get(address)
    driver.find_element(By.NAME, "q").send_keys("chin")
    WebDriverWait(driver, 10).until(lambda d: d.find_elements(By.CSS_SELECTOR, "#suggestions option"))
    check(True, "what is being typed is completed")

    driver.set_window_size(390, 800)
    driver.get(address + "?q=NATO")
    shot("phone")
    wide = driver.execute_script("return document.documentElement.scrollWidth > innerWidth")
    check(not wide, "on a phone nothing sticks out")
    errors = [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    check(not errors, f"the console is quiet {errors or ''}")


def main():
    shots = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    server = subprocess.Popen([SERVER, "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().strip()
        for scheme in ("light", "dark"):
            with tempfile.TemporaryDirectory() as profile:
                driver = browser(profile, scheme)
                try:
                    walk(driver, address, shots and shots / scheme)
                finally:
                    driver.quit()
    finally:
        server.terminate()
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
