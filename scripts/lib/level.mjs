// What a level of the set-up answers: ready, or why not and what would help.

/**
 * @typedef {{ ready: true } | { ready: false, reason: string, command: string }} Level
 * `command` is the exact command line that brings what is missing.
 */

/** @type {Level} */
export const ready = { ready: true };

/** @param {string} reason @param {string} command @returns {Level} */
export const missing = (reason, command) => ({ ready: false, reason, command });
