// oxlint-disable-next-line typescript/triple-slash-reference -- where SST puts the types of its globals; only it knows them.
/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app: ({ stage }) => ({
    name: "robokit",
    home: "aws",
    // What people put into production outlives a mistaken `sst remove`.
    removal: stage === "production" ? "retain" : "remove",
    protect: stage === "production",
    providers: { aws: { version: "7.20.0", region: (process.env.AWS_REGION ?? "eu-west-1") as "eu-west-1" } },
  }),
  async run() {
    const { outputs } = await import("./infra/main.ts")
    return outputs
  },
})
