'use strict';
/*
 * What does a winner of code execution get? Runs in the place of the service, under its unit, without the permission model of
 * Node, as native code would. One line of JSON: question -> what came of it.
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const dgram = require('node:dgram');

const attempt = (act) => {
  try {
    const result = act();
    return result === undefined ? 'done' : result;
  } catch (error) {
    return error.code ?? error.message;
  }
};
const read = (path) => attempt(() => `${fs.readFileSync(path).length > 0 ? 'read' : 'empty'}`);
const write = (path) => attempt(() => fs.writeFileSync(path, 'x'));
const exec = (path, ...words) =>
  attempt(() => {
    const { error, status } = spawnSync(path, words);
    return error === undefined ? `status ${status}` : error.code;
  });
const connect = (options) =>
  new Promise((resolve) => {
    const socket = net.connect(options);
    const give = setTimeout(() => resolve('no answer'), 5000);
    const end = (what) => {
      clearTimeout(give);
      socket.destroy();
      resolve(what);
    };
    socket.once('connect', () => end('connected'));
    socket.once('error', (error) => end(error.code));
  });
const datagram = () =>
  new Promise((resolve) => {
    try {
      const socket = dgram.createSocket('udp4');
      socket.once('error', (error) => resolve(error.code));
      socket.send('x', 53, '1.1.1.1', (error) => resolve(error === null ? 'sent' : error.code));
    } catch (error) {
      resolve(error.code);
    }
  });

async function main([stranger]) {
  const answers = {
    'the passphrase, which it was given': read('/secrets/passphrase'),
    'the sealed key, which it was given': read('/data/wallet.sealed'),
    'the sealed passphrase on the volume': read('/var/lib/btc-pinata-volume/seal/passphrase.cred'),
    'the secret that it is sealed with': read('/var/lib/btc-pinata-volume/seal/credential.secret'),
    '/etc/shadow': read('/etc/shadow'),
    'the user-data': read('/var/lib/cloud/instance/user-data.txt'),
    'the journal': attempt(() => `${fs.readdirSync('/var/log/journal').length} entries`),
    'the scripts of the host': read('/etc/btc-pinata/unseal.sh'),
    'writing to its program': write('/program/btc-pinata.cjs'),
    'writing to the system': write('/etc/cron.d/x'),
    'writing to its data': attempt(() => {
      fs.writeFileSync('/data/probe', 'x');
      fs.unlinkSync('/data/probe');
    }),
    'a shell': exec('/bin/sh', '-c', 'true'),
    'a shell by the loader': exec('/lib64/ld-linux-x86-64.so.2', '/bin/sh', '-c', 'true'),
    'a program of its own': attempt(() => {
      fs.copyFileSync('/bin/true', '/data/true');
      try {
        attempt(() => fs.chmodSync('/data/true', 0o700));
        return exec('/data/true');
      } finally {
        fs.unlinkSync('/data/true');
      }
    }),
    'signals to process 1': attempt(() => void process.kill(1, 'SIGTERM')),
    'processes of others': attempt(
      () => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).length,
    ),
    'memory of process 1': read('/proc/1/environ'),
    'a device': read('/dev/loop0'),
    'a socket to the Internet': await connect({ host: stranger, port: 40001 }),
    'a datagram': await datagram(),
    'the metadata': await connect({ host: '169.254.169.254', port: 80 }),
    'the bus of the system': await connect({ path: '/run/dbus/system_bus_socket' }),
    "systemd's own socket": await connect({ path: '/run/systemd/private' }),
    'the socket of the dialler': await connect({ path: '/run/btc-pinata-dialler/socket' }),
  };
  process.stdout.write(`probe ${JSON.stringify(answers)}\n`);
}

void main(process.argv.slice(2));
