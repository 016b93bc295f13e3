export * from '../../../service/tools/rogue/client-12.ts';
