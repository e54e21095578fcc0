// Azure Monitor alert rules on the metrics that the programs send (docs/telemetry.md), and on those
// of the namespace for when nobody sends. Made when main.bicep is told whom to tell.
@description('Where the rules are made.')
param location string

@description('The Application Insights component that the programs send to.')
param applicationInsightsId string

@description('The namespace of the broker.')
param serviceBusNamespaceId string

@description('Whom to tell.')
param actionGroupId string

@description('As SERVICEBUS_DEADLETTER_ALERT_THRESHOLD of the writer.')
param deadLetterThreshold int = 10

@description('As SERVICEBUS_QUEUE_DEPTH_ALERT_THRESHOLD of the writer.')
param queueDepthThreshold int = 1000

@description('Drift in hundredths of a percent, as Bicep has no fractions.')
param driftHundredths int = 50

param tags object = {}

// severity: 0 is critical, 1 an error, 2 a warning.
var rules = [
  {
    name: 'queue-deep'
    severity: 2
    description: 'More messages wait than the writers take: look whether SQL is slow or away, then add replicas.'
    window: 'PT10M'
    every: 'PT5M'
    query: 'customMetrics | where name == "mirror_queue_depth" | summarize depth = max(valueMax) | where depth > ${queueDepthThreshold}'
  }
  {
    name: 'queue-unwatched'
    severity: 2
    description: 'No writer has counted the messages that wait: none runs, the broker does not answer it, or its identity lacks the right to manage the subscription.'
    window: 'PT30M'
    every: 'PT5M'
    query: 'customMetrics | where name == "mirror_queue_counted_timestamp_seconds" | summarize fresh = countif(unixtime_seconds_todatetime(valueMax) > ago(15m)) | where fresh == 0'
  }
  {
    name: 'slow'
    severity: 1
    description: 'P95 from the broker to SQL is over 250 ms: more than one event in twenty took longer, for 15 minutes.'
    window: 'PT15M'
    every: 'PT5M'
    query: 'customMetrics | where name in ("sql_mirror_slow_total", "sql_mirror_latency_ms") | summarize slow = sumif(valueSum, name == "sql_mirror_slow_total"), events = sumif(valueCount, name == "sql_mirror_latency_ms") by minutes = bin(timestamp, 5m) | where events > 0 | summarize windows = count(), over = countif(slow / events > 0.05) | where windows > 0 and over == windows'
  }
  {
    name: 'dead-letters'
    severity: 1
    description: 'Too many dead letters: `ayna dlq list` shows them, and what to do about them.'
    window: 'PT10M'
    every: 'PT5M'
    query: 'customMetrics | where name == "mirror_dead_letters" | summarize letters = max(valueMax) | where letters > ${deadLetterThreshold}'
  }
  {
    name: 'drift'
    severity: 1
    description: 'The last check found drift: `ayna mirror check` names the rows, `ayna mirror repair` mends them.'
    window: 'P1D'
    every: 'PT1H'
    query: 'customMetrics | where name == "mirror_drift_percent" | extend entity = tostring(customDimensions.entity) | summarize arg_max(timestamp, valueMax) by entity | where valueMax * 100 > ${driftHundredths}'
  }
  {
    name: 'gateway-fails'
    severity: 2
    description: 'More than 5 % of the calls from clients fail: the log of the functions of the gateway has the causes.'
    window: 'PT10M'
    every: 'PT5M'
    query: 'customMetrics | where name == "callable_latency" | extend outcome = tostring(customDimensions.outcome) | summarize failed = sumif(valueCount, outcome in ("internal", "unavailable")), calls = sum(valueCount) | where calls > 0 and failed * 20 > calls'
  }
]

resource queryRules 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'ayna-${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: 'ayna: ${rule.name}'
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [applicationInsightsId]
      evaluationFrequency: rule.every
      windowSize: rule.window
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: true
      actions: { actionGroups: [actionGroupId] }
    }
  }
]

// A rule looks back a day at most unless it says so itself; a check that is two hours late is missing.
resource checkMissing 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'ayna-check-missing'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'ayna: check missing'
    description: 'The nightly check did not run, did not end, or cannot send its metrics.'
    severity: 2
    enabled: true
    scopes: [applicationInsightsId]
    evaluationFrequency: 'PT1H'
    windowSize: 'PT1H'
    overrideQueryTimeRange: 'P2D'
    criteria: {
      allOf: [
        {
          query: 'customMetrics | where name == "mirror_check_timestamp_seconds" and timestamp > ago(26h) | summarize checks = count() | where checks == 0'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [actionGroupId] }
  }
}

// The namespace counts by itself, of all subscriptions of a topic together: heard even when no writer runs.
var namespaceRules = [
  {
    name: 'queue-deep'
    metric: 'ActiveMessages'
    threshold: queueDepthThreshold
    description: 'More messages wait in the namespace than the writers take: look whether they run, then whether SQL is slow or away.'
  }
  {
    name: 'dead-letters'
    metric: 'DeadletteredMessages'
    threshold: deadLetterThreshold
    description: 'Too many dead letters in the namespace: `ayna dlq list` shows them, and what to do about them.'
  }
]

resource namespaceAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in namespaceRules: {
    name: 'ayna-namespace-${rule.name}'
    location: 'global'
    tags: tags
    properties: {
      description: rule.description
      severity: 2
      enabled: true
      scopes: [serviceBusNamespaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: rule.metric
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.ServiceBus/namespaces'
            metricName: rule.metric
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: rule.threshold
          }
        ]
      }
      autoMitigate: true
      actions: [{ actionGroupId: actionGroupId }]
    }
  }
]
