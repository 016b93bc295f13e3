import { createServer } from 'node:net';
import { listen } from './listen.ts';

/*
 * The floor: what accepting a connection and closing it costs in Node, without any TLS. In order, or, told so by its one
 * argument, as node:tls does to what is no TLS: without a word, and without waiting for the other end.
 */
const destroys = process.argv[2] === 'destroys';
listen(
  createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => (destroys ? socket.destroy() : socket.end('no')));
    socket.once('end', () => socket.end());
  }),
);
