import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/*
 * For `node --import`: the process that is started with it finds the generation of its machine in a file of the test's. The
 * real one is in /run, where it would end every other piñata on this machine as well.
 */

const { readFileSync } = fs;
const ours = process.env['TEST_VM_GENERATION'] ?? '';

fs.readFileSync = (path, ...options) =>
  readFileSync(path === '/run/btc-pinata/vm-generation' ? ours : path, ...options);
syncBuiltinESMExports();
