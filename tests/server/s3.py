"""A real S3-speaking server, started by the tests in a process of its own."""

import re
import subprocess
import sys
import threading

import httpx

BUCKET = "veritype"
_RUNNING = re.compile(r"Running on (http://\S+)")


class S3Server:
    """One server with one bucket. It takes any key."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.endpoint = self._wait()
        # It says a line for each request, and would wait for somebody to read it.
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()
        signed = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request"
        made = httpx.put(f"{self.endpoint}/{BUCKET}", headers={"authorization": signed})
        made.raise_for_status()

    def stop(self) -> None:
        """End it; what it holds is gone."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()

    def _wait(self) -> str:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if found := _RUNNING.search(line):
                return found[1]
        raise AssertionError("the S3 server did not start")

    def _read_on(self) -> None:
        assert self._process.stderr is not None
        for _ in self._process.stderr:
            pass
