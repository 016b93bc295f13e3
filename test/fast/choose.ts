import { expect, test } from 'vitest';
import { chooseProvider, provider } from '../../service/tls/kernels/index.ts';

/*
 * The tests of this folder are others once more, with the arithmetic of our own. Each file imports this one first, and then those:
 * a file of tests has a thread's modules to itself. Piñatas that it starts compute so too.
 */

chooseProvider('fast');
process.env['PINATA_CRYPTO'] = 'fast';

test('our own kernels compute', () => expect(provider().name).toBe('fast'));
