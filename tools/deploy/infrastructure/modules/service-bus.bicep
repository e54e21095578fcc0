// The broker, as provisionTopology() of libs/service-bus makes it; a test compares the two.
param location string
param name string
@allowed(['Standard', 'Premium'])
param tier string
param withSendKey bool
param writerPrincipalId string
param checkerPrincipalId string
param hubPrincipalId string
param triggersPrincipalId string
param logsId string
param tags object

// https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/integration
var dataOwner = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '090c5cfd-751d-490a-894a-3ce6f1109419')
var dataReceiver = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0')
var dataSender = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39')

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: tier, tier: tier }
  properties: {
    disableLocalAuth: !withSendKey
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

resource topic 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = {
  parent: namespace
  name: 'realtime-mirror'
  properties: {
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT10M'
    enableBatchedOperations: true
    supportOrdering: false
  }
}

resource sqlWriter 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = {
  parent: topic
  name: 'sql-writer'
  properties: {
    maxDeliveryCount: 100
    lockDuration: 'PT1M'
    defaultMessageTimeToLive: 'P14D'
    deadLetteringOnMessageExpiration: true
    deadLetteringOnFilterEvaluationExceptions: true
    enableBatchedOperations: true
  }
}

resource monitoring 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = {
  parent: topic
  name: 'monitoring'
  properties: {
    maxDeliveryCount: 100
    lockDuration: 'PT1M'
    defaultMessageTimeToLive: 'PT1M'
    deadLetteringOnMessageExpiration: false
    deadLetteringOnFilterEvaluationExceptions: false
    enableBatchedOperations: true
  }
}

resource realtime 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = {
  parent: topic
  name: 'realtime'
  properties: {
    maxDeliveryCount: 100
    lockDuration: 'PT1M'
    defaultMessageTimeToLive: 'PT1M'
    deadLetteringOnMessageExpiration: false
    deadLetteringOnFilterEvaluationExceptions: false
    enableBatchedOperations: true
  }
}

// For functions of Firebase that have no identity here. This key sends to this topic and can do nothing else.
resource sendKey 'Microsoft.ServiceBus/namespaces/topics/authorizationRules@2024-01-01' = if (withSendKey) {
  parent: topic
  name: 'triggers-send'
  properties: { rights: ['Send'] }
}

// Counting what waits, for the scaler and for mirror_queue_depth, takes the right to manage: that of this one subscription.
resource writerOwnsItsSubscription 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: sqlWriter
  name: guid(sqlWriter.id, writerPrincipalId, dataOwner)
  properties: { roleDefinitionId: dataOwner, principalId: writerPrincipalId, principalType: 'ServicePrincipal' }
}

resource hubReceives 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: realtime
  name: guid(realtime.id, hubPrincipalId, dataReceiver)
  properties: { roleDefinitionId: dataReceiver, principalId: hubPrincipalId, principalType: 'ServicePrincipal' }
}

// Repairs are published.
resource checkerSends 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: topic
  name: guid(topic.id, checkerPrincipalId, dataSender)
  properties: { roleDefinitionId: dataSender, principalId: checkerPrincipalId, principalType: 'ServicePrincipal' }
}

resource triggersSend 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: topic
  name: guid(topic.id, triggersPrincipalId, dataSender)
  properties: { roleDefinitionId: dataSender, principalId: triggersPrincipalId, principalType: 'ServicePrincipal' }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: namespace
  name: 'logs'
  properties: {
    workspaceId: logsId
    logs: [{ categoryGroup: 'audit', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output namespaceId string = namespace.id
output hostName string = '${namespace.name}.servicebus.windows.net'
