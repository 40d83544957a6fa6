/** What became of actions, from whoever carries them out; without prefix. */
export const actionStatusTopic = 'action-status.v1';
export const ACTION_STATUS = 'detent.actions.ActionStatus';
/** Where actions are paused; without prefix. */
export const actionSwitchesTopic = 'action-switches.v1';
export const ACTIONS_SWITCHED = 'detent.actions.ActionsSwitched';
