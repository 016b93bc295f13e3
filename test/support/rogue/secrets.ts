export * from '../../../service/tools/rogue/secrets.ts';
