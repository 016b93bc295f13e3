import { chooseProvider } from '../service/tls/index.ts';

/* Imported by every measured process of ours: which provider computes there (`crypto` of child.ts). */
chooseProvider(process.env['PINATA_CRYPTO'] === 'fast' ? 'fast' : 'noble');
