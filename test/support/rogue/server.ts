export * from '../../../service/tools/rogue/server.ts';
