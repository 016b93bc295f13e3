"""tlslite-ng as a TLS 1.3 server that asks for a client certificate: the figure G3 is measured against.

It checks that the client holds the key of its certificate, and not the chain: it has no chain validation.
One line of standard output for each fact the benchmark wants: `port N` once, then `cpu N` (microseconds of this process
so far) after each connection.
"""

import json
import socket
import sys
import time

from tlslite.api import HandshakeSettings, TLSConnection, X509, X509CertChain, parsePEMKey


def say(word, number):
    print(word, number, flush=True)


with open(sys.argv[1], encoding="ascii") as file:
    server = json.load(file)["p256"]["server"]

certificate = X509()
certificate.parse(server["certificate"])
chain = X509CertChain([certificate])
key = parsePEMKey(server["key"], private=True)

settings = HandshakeSettings()
settings.minVersion = (3, 4)
settings.ticket_count = 0

listener = socket.create_server(("127.0.0.1", 0), backlog=64)
say("port", listener.getsockname()[1])
while True:
    accepted, _ = listener.accept()
    connection = TLSConnection(accepted)
    try:
        connection.handshakeServer(
            certChain=chain, privateKey=key, reqCert=True, settings=settings, alpn=[b"pinata/1"]
        )
        connection.write(b"secret")
        connection.close()
    except Exception as problem:  # the next connection must still be served; the client's side reports the failure
        print(f"tlslite: {problem!r}", file=sys.stderr)
        accepted.close()
    say("cpu", int(time.process_time() * 1_000_000))
