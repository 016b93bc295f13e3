export * from '../../service/tools/rogue/certificate-builder.ts';
