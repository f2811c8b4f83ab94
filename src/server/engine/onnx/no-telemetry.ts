/*
 * From 1.29 on the ONNX Runtime of the npm package reports its use to Microsoft on Linux and macOS, and keeps a device id and a queue of reports
 * in the user's cache folder (microsoft/onnxruntime#27379), unless this variable is set before the library is loaded (#29843: then nothing is set up,
 * written or sent). It is set here, in the process itself, so that no way of starting Rowlight can forget it; nobody can turn it on again.
 */
process.env['ORT_DISABLE_TELEMETRY'] = '1';
