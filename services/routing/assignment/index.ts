export { assignGreedily } from './greedy.ts';
export * from './problem.ts';
export { type AssignmentBudget, assign, defaultAssignmentBudget, type ProvedAssignment } from './solve.ts';
export { assignBySwaps } from './swaps.ts';
