"""Runs one third party's AWS on a free loopback port, for as long as somebody holds our stdin.

    serve.py ministack
    serve.py moto
    serve.py microburst UPSTREAM

Prints the endpoint's URL on one line once the server answers, and nothing else on stdout. Ends, with
everything it started, when stdin ends: so a test that is killed leaves no server behind.
"""

import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

READY_WITHIN_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_everything():
    os.killpg(0, signal.SIGKILL)


def end_with_stdin():
    while os.read(0, 1024):
        pass
    end_everything()


def answers(url):
    """An HTTP error is an answer too: somebody is there."""
    try:
        urllib.request.urlopen(url, timeout=1).close()
    except urllib.error.HTTPError:
        pass
    except OSError:
        return False
    return True


def announce(url, probe, out):
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while not answers(probe):
        if time.monotonic() > deadline:
            print(f"serve.py: no answer on {probe} within {READY_WITHIN_SECONDS} s", file=sys.stderr)
            end_everything()
        time.sleep(0.05)
    out.write(f"{url}\n")
    out.flush()


def ministack(port):
    os.environ.update(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        MINISTACK_ACCOUNT_ID="123456789012",
        MINISTACK_REGION="us-east-1",
        CLOUDTRAIL_RECORDING="1",
        LOG_LEVEL="WARNING",
    )
    sys.argv = ["ministack"]
    from ministack.app import main

    return main, "/_ministack/ready"


def moto(port):
    sys.argv = ["moto_server", "-H", "127.0.0.1", "-p", str(port)]
    from moto.server import main

    return main, "/moto-api/"


def microburst(port, upstream):
    sys.argv = ["microburst", "--host", "127.0.0.1", "--port", str(port), "--upstream", upstream]
    from microburst.cli import main

    return main, "/_microburst/health"


def run(name, *arguments):
    os.setpgid(0, 0)
    # What another thread of the test had open at that moment is not ours to keep open.
    os.closerange(3, 1024)
    # The real stdout is for one line; what the server says goes to stderr.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # A person's Docker is none of our business: some of these would start containers.
    os.environ["DOCKER_HOST"] = "tcp://127.0.0.1:1"
    threading.Thread(target=end_with_stdin, daemon=True).start()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    main, probe = {"ministack": ministack, "moto": moto, "microburst": microburst}[name](
        port, *arguments
    )
    threading.Thread(target=announce, args=(url, url + probe, out), daemon=True).start()
    main()


if __name__ == "__main__":
    run(*sys.argv[1:])
