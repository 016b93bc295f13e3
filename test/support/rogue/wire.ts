export * from '../../../service/tools/rogue/wire.ts';
