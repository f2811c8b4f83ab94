/**
 * Turns the first Ctrl+C (or SIGTERM) into a request to stop after the step under way; a second one ends the process at once. A process that another
 * one started with a channel to itself stops when that closes: the other has died, or wishes it.
 */
export function stopSignal(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write('\nstopping after this step (again to stop at once)\n');
    controller.abort();
  };
  const leave = () => controller.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', leave);
  if (process.send !== undefined && !process.connected) leave();
  // To listen is no reason to live on.
  process.channel?.unref();
  const release = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    process.off('disconnect', leave);
  };
  return { signal: controller.signal, release };
}
