export * from '../../../service/tools/rogue/identity.ts';
