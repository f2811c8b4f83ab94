/** The few things of jasmine-core 7 that the conformance run uses; it ships no types. */
declare module 'jasmine-core' {
  interface Environment {
    configure(configuration: { random: boolean }): void;
    describe(name: string, define: () => void): void;
    it(name: string, run: () => void): void;
    addReporter(reporter: { specDone(result: SpecDone): void }): void;
    execute(): Promise<unknown>;
  }
  interface SpecDone {
    fullName: string;
    status: 'passed' | 'failed' | 'pending' | 'excluded';
    failedExpectations: { message: string }[];
  }
  const core: { jasmine: { getEnv(): Environment }; installGlobals(): void };
  export default core;
}
