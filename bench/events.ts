/** An HTTP request as a Function URL hands it on (payload version 2.0). */
export const functionUrlEvent = (method: string, rawPath: string, body?: object) => ({
  version: "2.0",
  rawPath,
  rawQueryString: "",
  headers: { host: "bench.local", ...(body && { "content-type": "application/json" }) },
  requestContext: { domainName: "bench.local", http: { method, path: rawPath, sourceIp: "127.0.0.1" } },
  ...(body && { body: JSON.stringify(body) }),
  isBase64Encoded: false,
})

/** One message as the mapping of a queue hands it on. */
export const sqsEvent = (body: string) => ({ Records: [{ messageId: "bench", body }] })
