import { PACKAGE_INDEX } from './package-index';

/** The package index: what the user says, else the mirror that pip's `PIP_INDEX_URL` names, else PyPI. */
export const indexOfEnvironment = (told?: string): string => told || process.env['PIP_INDEX_URL'] || PACKAGE_INDEX;
