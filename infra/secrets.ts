/** Any Postgres ≥ 16 that the internet reaches over TLS: Neon, RDS, Supabase … No VPC, so no NAT to pay for. */
export const databaseUrl = new sst.Secret("DatabaseUrl")

/** What every change needs. Without a value the deployment stops, so that no stage is ever open to all. */
export const operatorKey = new sst.Secret("OperatorKey")

/** Lets the operator import gated and private datasets. Empty: public ones only. */
export const hfToken = new sst.Secret("HfToken", "")
