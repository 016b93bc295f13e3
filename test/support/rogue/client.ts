export * from '../../../service/tools/rogue/client.ts';
