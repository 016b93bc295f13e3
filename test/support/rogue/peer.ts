export * from '../../../service/tools/rogue/peer.ts';
