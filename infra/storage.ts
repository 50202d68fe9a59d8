/** Results, below `results/<dataset>/<job>/<attempt>-<token>/`. Private, and TLS only, by SST's defaults; the rules check both. */
export const artifacts = new sst.aws.Bucket("Artifacts", {
  versioning: true,
  // Results are downloaded by a link, never fetched by a page of another origin.
  cors: false,
  transform: {
    bucket: (args) => {
      // A stage that is removed takes its results along; production's bucket must be emptied by hand first.
      args.forceDestroy = $app.stage !== "production"
    },
  },
})

const DAYS_TO_UNDO = 14

new aws.s3.BucketLifecycleConfiguration("ArtifactsLifecycle", {
  bucket: artifacts.name,
  rules: [
    {
      // What was deleted can be restored for two weeks, and then is gone and no longer paid for.
      id: "deleted",
      status: "Enabled",
      filter: { prefix: "" },
      noncurrentVersionExpiration: { noncurrentDays: DAYS_TO_UNDO },
      expiration: { expiredObjectDeleteMarker: true },
    },
    {
      // A worker killed during an upload leaves parts that no listing shows.
      id: "unfinished",
      status: "Enabled",
      filter: { prefix: "" },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    },
  ],
})

const RESULTS = $interpolate`${artifacts.arn}/results/*`

/** Instead of `link`, which would grant `s3:*`. */
export const mayRead = { actions: ["s3:GetObject"], resources: [RESULTS] }
export const mayWrite = { actions: ["s3:PutObject"], resources: [RESULTS] }
/** Deleting a folder lists it first. */
export const mayDelete = [
  { actions: ["s3:DeleteObject"], resources: [RESULTS] },
  { actions: ["s3:ListBucket"], resources: [artifacts.arn] },
]
