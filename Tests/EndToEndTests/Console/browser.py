"""Walks through the console in a real Chromium, over its debugging pipe, and prints what it saw as JSON.

browser.py CHROMIUM BASE TOKEN HANDLER OUTAGE MODE FOLDER

MODE is `script`, or `plain` for a browser without scripts. It logs in, follows the failing handler from the first page to
its dead letters, and replays them; when the replay has stopped by itself it removes the file OUTAGE, which mends the
handler, resumes, and waits until the first page says that nothing needs anybody. Then it opens a page of each kind. FOLDER,
if it is not empty, gets pictures.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time

LIMIT = 60


class Browser:
    def __init__(self, program, scripts):
        self.number = 0
        self.events = []
        self.session = None
        self.profile = tempfile.TemporaryDirectory()
        to_browser, self.output = os.pipe()
        self.input, from_browser = os.pipe()
        # The browser reads from 3 and writes to 4.
        high = [os.dup2(to_browser, 103), os.dup2(from_browser, 104)]

        def child():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [
                program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--remote-debugging-pipe", "--window-size=1280,860", "--hide-scrollbars",
                "--user-data-dir=" + self.profile.name, "about:blank",
            ],
            preexec_fn=child, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for descriptor in (to_browser, from_browser, *high):
            os.close(descriptor)
        self.rest = b""
        target = self.wait(lambda: [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"])
        attached = self.call("Target.attachToTarget", targetId=target[0]["targetId"], flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(domain + ".enable")
        if not scripts:
            self.call("Emulation.setScriptExecutionDisabled", value=True)

    def send(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.output, json.dumps(message).encode() + b"\0")
        return self.number

    def receive(self):
        while b"\0" not in self.rest:
            part = os.read(self.input, 1 << 16)
            if not part:
                raise SystemExit("the browser ended")
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(message)
        if message.get("method") == "Page.javascriptDialogOpening":
            self.send("Page.handleJavaScriptDialog", accept=True)
        if "method" in message:
            self.events.append(message)
        return message

    def call(self, method, **parameters):
        number = self.send(method, **parameters)
        while True:
            message = self.receive()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails'].get('exception')}")
        return result["result"].get("value")

    def wait(self, condition, what="something"):
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            try:
                value = condition()
            except RuntimeError:
                # Between two pages there is nothing to ask.
                value = None
            if value:
                return value
            time.sleep(0.05)
        raise SystemExit(f"waited in vain for {what} at {self.evaluate('location.href')}: {self.text()[:600]}")

    def open(self, address):
        self.call("Page.navigate", url=address)
        self.wait(lambda: self.evaluate("document.readyState") == "complete", address)

    def text(self):
        return self.evaluate("document.body ? document.body.innerText : ''") or ""

    def leave_by(self, action, what):
        """Does what leads to another page, and waits for that."""
        self.evaluate("document.documentElement.dataset.left = 'no'")
        self.evaluate(action)
        self.wait(
            lambda: self.evaluate("document.readyState === 'complete' && !document.documentElement.dataset.left"), what
        )

    @staticmethod
    def link(text):
        return f"[...document.querySelectorAll('main a, nav a')].find((a) => a.innerText.includes({json.dumps(text)}))"

    def has(self, text):
        return self.evaluate(f"!!{self.link(text)}")

    def follow(self, text):
        find = self.link(text)
        self.wait(lambda: self.has(text), f"a link {text}")
        self.leave_by(f"{find}.click()", f"the page behind {text}")

    def press(self, text):
        find = f"[...document.querySelectorAll('button')].find((b) => b.innerText.trim() === {json.dumps(text)})"
        self.wait(lambda: self.evaluate(f"!!{find}"), f"a button {text}")
        self.leave_by(f"{find}.click()", f"the page behind the button {text}")

    def fill(self, name, value):
        self.evaluate(f"document.querySelector('input[name={name}]').focus()")
        self.call("Input.insertText", text=value)

    def picture(self, path, scheme, width=1280, height=860):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        time.sleep(0.2)
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def violations(self):
        """Whatever the browser refused or complained of."""
        found = []
        for event in self.events:
            parameters = event["params"]
            if event["method"] == "Audits.issueAdded" and "ontentSecurityPolicy" in parameters["issue"]["code"]:
                found.append(parameters["issue"])
            elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] == "error":
                entry = parameters["entry"]
                # A page that says 404 or 503 is looked at on purpose.
                if entry.get("source") != "network":
                    found.append(entry)
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"])
        return found

    def close(self):
        self.process.kill()
        self.process.wait()
        try:
            self.profile.cleanup()
        except OSError:
            pass


def main():
    program, base, token, handler, outage, mode, folder = sys.argv[1:8]
    browser = Browser(program, scripts=mode == "script")
    seen = {}

    def picture(name):
        if folder:
            browser.picture(f"{folder}/{name}.png", "light")
            browser.picture(f"{folder}/{name}~dark.png", "dark")

    def headline():
        return browser.evaluate("document.querySelector('h1').innerText") or ""

    def until(condition, what):
        """Waits for a page to change: by itself where it can, else by loading it again."""
        def look():
            if mode == "plain":
                browser.leave_by("location.reload()", "the page again")
            return condition()
        browser.wait(look, what)

    def visit():
        addresses, kinds = [base], set()
        while addresses:
            address = addresses.pop(0)
            kind = address.split("?")[0].split("#")[0]
            if kind in kinds or "/console" not in kind:
                continue
            kinds.add(kind)
            browser.open(address)
            if kind.rsplit("/", 1)[1] in ("deliveries", "delivery", "handlers", "endpoints"):
                picture("console-" + kind.rsplit("/", 1)[1])
            addresses += browser.evaluate("[...document.querySelectorAll('a[href]')].map((a) => a.href)")
        return sorted(kind.split("/console")[1] for kind in kinds)

    try:
        browser.open(base)
        picture("console-login")
        browser.fill("token", token)
        browser.fill("name", "ada")
        browser.press("Log in")
        seen["before"] = headline()
        picture("console-now")
        browser.follow(handler)
        picture("console-dead-letters")
        # The group, by its link in the list of causes.
        browser.follow(handler)
        picture("console-group")
        seen["letters"] = browser.evaluate("document.querySelectorAll('[aria-label=\"Dead letters\"] tbody tr').length")
        browser.follow("Replay what matches")
        browser.fill("reason", "the books are open again")
        picture("console-new-replay")
        browser.press("Begin the replay")
        until(lambda: "paused" in browser.text(), "the replay to stop by itself")
        picture("console-replay")
        seen["stopped"] = browser.evaluate("document.querySelector('.banner.warn').innerText")
        os.unlink(outage)
        browser.press("Resume")
        until(lambda: "done" in browser.text(), "the replay's end")
        picture("console-replay-done")
        # Canaries that died again before the mend are letters of their own, and no part of that replay.
        for _ in range(3):
            browser.follow("Now")
            until(lambda: "need" not in headline() or browser.has(handler), "a first page that says how it stands")
            if "need" not in headline():
                break
            browser.follow(handler)
            browser.follow("Replay what matches")
            browser.press("Begin the replay")
            until(lambda: "done" in browser.text(), "the second replay's end")
        seen["after"] = headline()
        seen["pages"] = visit()
        seen["violations"] = browser.violations()
        print(json.dumps(seen))
    finally:
        browser.close()


main()
