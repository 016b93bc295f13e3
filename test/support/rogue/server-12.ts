export * from '../../../service/tools/rogue/server-12.ts';
