"""Who on the host reaches what: each line of the input is `UID ADDRESS PORT`, each of the output the same with what came of it."""
import os
import socket
import sys


def begin(line):
    uid, address, port = line.split()
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            os.setgroups([])
            os.setgid(int(uid))
            os.setuid(int(uid))
            connection = socket.create_connection((address, int(port)), timeout=4)
            connection.close()
            said = "connected"
        except socket.timeout:
            said = "nothing"
        except OSError as error:
            said = error.strerror or type(error).__name__
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    return reader


begun = [(line, begin(line)) for line in sys.stdin.read().splitlines()]
for line, reader in begun:
    print(line, os.read(reader, 200).decode())
