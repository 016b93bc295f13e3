import { createServer } from 'node:net';
import { listen } from './listen.ts';

/* The floor: what accepting a connection and closing it costs in Node, without any TLS. */
listen(
  createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.end('no'));
    socket.once('end', () => socket.end());
  }),
);
