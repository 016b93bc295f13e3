export * from '../../../service/tools/rogue/protection.ts';
