export const diallerUsage = `btc-pinata dialler: makes the connections of a dial-back for a service that may make none (docs/sandbox.md).

Usage: btc-pinata dialler [--port N] [--seconds N] [--allow-private]

  --port N          the port on the caller that is dialled (40001)
  --seconds N       to wait for an answer (10)
  --allow-private   loopback and private addresses too

It listens on the Unix socket that systemd hands over (LISTEN_FDS=1), one connection for each call.`;
