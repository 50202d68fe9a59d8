import { api } from "./api.ts"
import { sweep } from "./workers.ts"

/**
 * The net below the chain of sweeps. A chain can break only where work was asked for (the queue did not take its
 * message), so one sweep is made five minutes after the last call to the API, and none while nobody calls: a schedule
 * would wake the database of an idle deployment 720 times a month. While calls go on, each that makes, claims or looks
 * at open work arms the chain anew.
 */
const isCalled = new aws.cloudwatch.MetricAlarm("ApiIsCalled", {
  alarmDescription: "No fault: somebody uses the API. When that ends, one sweep looks for work that was left.",
  namespace: "AWS/Lambda",
  metricName: "Invocations",
  dimensions: { FunctionName: api.name },
  statistic: "Sum",
  period: 300,
  evaluationPeriods: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  threshold: 1,
  treatMissingData: "notBreaching",
  okActions: [sweep.arn],
})

new aws.lambda.Permission("ApiIsCalledMaySweep", {
  action: "lambda:InvokeFunction",
  function: sweep.name,
  principal: "lambda.alarms.cloudwatch.amazonaws.com",
  sourceArn: isCalled.arn,
})
