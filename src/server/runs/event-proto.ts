import protobuf from 'protobufjs/light';

/** The messages of TensorBoard's event files that we write, by their published field numbers (event.proto, summary.proto). */
const root = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: { type: 'double', id: 1 },
        step: { type: 'int64', id: 2 },
        fileVersion: { type: 'string', id: 3 },
        summary: { type: 'Summary', id: 5 },
        sessionLog: { type: 'SessionLog', id: 7 },
      },
    },
    Summary: { fields: { value: { rule: 'repeated', type: 'Value', id: 1 } } },
    Value: {
      // One of several kinds of value: so a 0 is written too, where a plain field would leave it out.
      oneofs: { value: { oneof: ['simpleValue'] } },
      fields: { tag: { type: 'string', id: 1 }, simpleValue: { type: 'float', id: 2 } },
    },
    SessionLog: { fields: { status: { type: 'int32', id: 1 } } },
  },
});

const eventType = root.lookupType('Event');

/** The version that the first event of a file states. */
export const FILE_VERSION = 'brain.Event:2';

/** `SessionLog.START`: what earlier files say of this step and later ones no longer holds. */
export const SESSION_START = 1;

/** Plain-object form of an event; each has one of the last three. */
export interface EventProto {
  /** Seconds since the epoch. */
  wallTime: number;
  step?: number;
  fileVersion?: string;
  summary?: { value: { tag: string; simpleValue: number }[] };
  sessionLog?: { status: number };
}

/** Serializes an event. */
export function encodeEvent(event: EventProto): Uint8Array {
  return eventType.encode(event).finish();
}
