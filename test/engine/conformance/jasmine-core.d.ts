/** The few things of jasmine-core 7 that the conformance run uses; it ships no types. */
declare module 'jasmine-core' {
  interface Environment {
    configure(configuration: { random: boolean }): void;
    describe(name: string, define: () => void): void;
    it(name: string, ...rest: unknown[]): void;
    addReporter(reporter: { specDone(result: SpecDone): void; suiteDone(result: SuiteDone): void }): void;
    execute(): Promise<unknown>;
  }
  interface SuiteDone {
    fullName: string;
    failedExpectations: { message: string }[];
  }
  interface SpecDone extends SuiteDone {
    status: 'passed' | 'failed' | 'pending' | 'excluded';
  }
  const core: { jasmine: { getEnv(): Environment }; installGlobals(): void };
  export default core;
}
