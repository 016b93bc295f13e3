export * from '../../../service/tools/rogue/protection-12.ts';
