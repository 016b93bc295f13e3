export * from '../../../service/tools/rogue/visitor.ts';
