const STATUS = {
  AccessDenied: 403,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidPart: 400,
  InvalidRange: 416,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
} as const

export type S3Code = keyof typeof STATUS

/** An answer S3 would give, by its own code. */
export class S3Error extends Error {
  readonly code: S3Code
  readonly status: number

  constructor(code: S3Code, message: string = code) {
    super(message)
    this.code = code
    this.status = STATUS[code]
  }
}

export function refuse(code: S3Code, message?: string): never {
  throw new S3Error(code, message)
}
