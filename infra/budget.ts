import { alarms } from "./alarms.ts"
import { stage } from "./stage.ts"

new aws.sns.TopicPolicy("AlarmsPolicy", {
  arn: alarms.arn,
  policy: aws.iam.getPolicyDocumentOutput({
    statements: ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"].map((service) => ({
      actions: ["sns:Publish"],
      resources: [alarms.arn],
      principals: [{ type: "Service", identifiers: [service] }],
    })),
  }).json,
})

/** Of this stage alone: SST tags all it makes. The tag `sst:stage` counts once it is activated for cost allocation. */
new aws.budgets.Budget("Budget", {
  budgetType: "COST",
  timeUnit: "MONTHLY",
  limitAmount: String(stage.budgetUsd),
  limitUnit: "USD",
  costFilters: [{ name: "TagKeyValue", values: [`user:sst:stage$${$app.stage}`] }],
  notifications: [
    { notificationType: "ACTUAL", threshold: 80 },
    { notificationType: "FORECASTED", threshold: 100 },
  ].map((each) => ({
    ...each,
    comparisonOperator: "GREATER_THAN",
    thresholdType: "PERCENTAGE",
    subscriberSnsTopicArns: [alarms.arn],
  })),
})
