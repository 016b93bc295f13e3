/*
 * What somebody would try who makes the service's own JavaScript do as they please. Prints `name: code` a line, `name: DONE`
 * where it was not refused, and takes memory until it ends of that.
 */
const results = [];
const attempt = async (name, act) => {
  try {
    await act();
    results.push(`${name}: DONE`);
  } catch (error) {
    results.push(`${name}: ${error.code ?? error.name}`);
  }
};
const event = (emitter, wanted) =>
  new Promise((resolve, reject) => {
    emitter.once('error', reject);
    emitter.once(wanted, resolve);
  });
const need = (name) => process.getBuiltinModule(name);
const [fs, net, dgram, childProcess] = ['fs', 'net', 'dgram', 'child_process'].map(need);

const asked = new Map();
process.on('message', ({ call, outcome }, handle) => {
  asked.get(call)?.(outcome);
  handle?.destroy();
});
let calls = 0;
/** The parent dials: whom it will. */
const broker = (address, more = {}) =>
  new Promise((resolve) => {
    calls += 1;
    asked.set(calls, resolve);
    process.send({ type: 'dial', call: calls, address, ...more });
  });
const named = (outcome) => {
  if (outcome !== 'connected') throw Object.assign(new Error(outcome), { code: outcome });
};

async function main() {
  await attempt('connecting', () => event(net.connect(80, '127.0.0.1'), 'connect'));
  await attempt('connecting to a Unix socket', () => event(net.connect('/run/systemd/notify'), 'connect'));
  await attempt('connecting to an abstract name', () => event(net.connect('\0/tmp/.X11-unix/X0'), 'connect'));
  await attempt('listening', () => event(net.createServer().listen(0), 'listening'));
  await attempt('listening on a Unix socket', () => event(net.createServer().listen('/data/s'), 'listening'));
  await attempt('a UDP socket', () => event(dgram.createSocket('udp4').bind(0), 'listening'));
  await attempt('fetch', async () =>
    fetch('http://169.254.169.254/latest/meta-data/').catch(({ cause }) => Promise.reject(cause)),
  );
  await attempt('asking for a name', () => need('dns/promises').resolve4('example.org'));
  await attempt('the addresses of the machine', () => need('os').networkInterfaces());
  await attempt('reading /etc/passwd', () => fs.readFileSync('/etc/passwd'));
  await attempt('reading /proc/self/mem', () => fs.readFileSync('/proc/self/mem'));
  await attempt("reading the parent's environment", () => fs.readFileSync('/proc/1/environ'));
  await attempt('reading the runtime', () => fs.readFileSync('/bin/node'));
  await attempt('listing /', () => fs.readdirSync('/'));
  await attempt('writing the program', () => fs.writeFileSync('/program/btc-pinata.cjs', ''));
  await attempt('writing /tmp', () => fs.writeFileSync('/tmp/made', ''));
  await attempt('a symbolic link in --data', () => fs.symlinkSync('/program/sandbox.json', '/data/made'));
  await attempt('a symbolic link that was there', () => fs.readFileSync('/data/to-etc'));
  await attempt('another folder by --data', () => fs.readdirSync('/data/to-root/etc'));
  await attempt('out of --data by dots', () => fs.readFileSync('/data/../etc/passwd'));
  await attempt('a child', () => childProcess.spawnSync('/bin/node', ['--version']));
  await attempt('becoming another program', () => process.execve('/bin/node', ['node', '--version']));
  await attempt('a worker', () => event(new (need('worker_threads').Worker)('1', { eval: true }), 'online'));
  await attempt('an addon', () => process.dlopen({ exports: {} }, '/data/made.node'));
  await attempt('an addon of the libraries', () => process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6'));
  await attempt('WASI', () => new (need('wasi').WASI)({ version: 'preview1' }));
  await attempt('the inspector', () => need('inspector').open(0));
  await attempt('the inspector of itself', () => new (need('inspector').Session)().connect());
  await attempt('code from text', () => new Function('return 1')());
  await attempt('killing its parent', () => process.kill(process.ppid === 0 ? 2 : process.ppid, 'SIGKILL'));
  await attempt('killing everybody', () => process.kill(-1, 'SIGKILL'));
  await attempt('another user', () => process.setuid(1));
  await attempt('another priority', () => need('os').setPriority(0, -20));
  await attempt('a report of its memory', () => {
    const written = process.report.writeReport('/program/report.json');
    if (!fs.existsSync(written)) throw Object.assign(new Error('not written'), { code: 'not written' });
  });
  await attempt('the parent dialling loopback', async () => named(await broker('127.0.0.1')));
  await attempt('the parent dialling loopback, mapped', async () => named(await broker('::ffff:127.0.0.1')));
  await attempt('the parent dialling a private network', async () => named(await broker('10.0.0.1')));
  await attempt('the parent dialling the metadata service', async () => named(await broker('169.254.169.254')));
  await attempt('the parent dialling a name', async () => named(await broker('localhost')));
  // The port is not for the child to choose: a request that names one is none, and nothing comes back.
  void broker('127.0.0.1', { port: 22 });
  for (const junk of ['junk', 7, {}, { type: 'begun', more: 1 }, { type: 'dial', call: 'x', address: 1 }])
    process.send(junk);
  // A descriptor is nothing to the parent either.
  process.send({ type: 'begun' }, net.createServer().listen({ fd: 3 }), () => undefined);
  const flood = await Promise.all(Array.from({ length: 600 }, () => broker('127.0.0.1')));
  results.push(`the parent dialling for a flood: ${flood.includes('blocked') ? 'blocked' : 'DONE'}`);
  await new Promise((resolve) => process.stdout.write(`${results.join('\n')}\n`, resolve));
  // The last: it may be the end of V8 rather than an exception.
  const held = [];
  for (let taken = 0; taken < 2048; taken += 16) held.push(Buffer.alloc(16 * 1024 * 1024, 1));
  process.stdout.write('more memory than was said: DONE\n', () => process.exit(0));
}
void main();
