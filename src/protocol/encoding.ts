import type { NotificationType } from './messages';

/** A document that the editor reads in another encoding than it is written in. */
export interface MisreadFile {
  readonly uri: string;
  /** What its bytes are: `utf-8`, `utf-16le`, `utf-16be`, `gb18030` or `big5`. */
  readonly encoding: string;
}

/** Server → client: the bytes of an open file are in another encoding than its text was read in; the user should be offered to reopen it. */
export const FileMisread: NotificationType<MisreadFile> = { method: 'rowlight/fileMisread' };
