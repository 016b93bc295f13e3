'use strict';
/* Somebody on the Internet: listens on ports, and closes whatever comes. Says when all of them are open. */
const net = require('node:net');

const open = (port) =>
  new Promise((resolve, reject) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('stranger\n');
    });
    server.once('error', reject);
    server.listen(port, '::', resolve);
  });

void Promise.all(process.argv.slice(2).map((port) => open(Number(port)))).then(() =>
  process.stdout.write('listening\n'),
);
