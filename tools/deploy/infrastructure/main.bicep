// What Ayna's apps stand on in Azure. The apps themselves are deployed after it, one by one: apps/*.bicep.
// No secret is a plain parameter, and none is an output.

@description('Where everything stands.')
param location string = resourceGroup().location

@description('Begins every name. Global names get a suffix made of the resource group.')
@minLength(2)
@maxLength(10)
param prefix string = 'ayna'

@description('The engine of the mirror. The hub keeps its log in PostgreSQL in any case.')
@allowed(['sqlserver', 'postgres'])
param engine string = 'sqlserver'

@description('Whether there is a hub: PostgreSQL and Web PubSub for it.')
param withHub bool = true

@description('The group of Entra ID, by its name, whose members administer Azure SQL: whoever migrates is in it.')
param sqlAdministratorsName string

@description('The object id of that group.')
param sqlAdministratorsId string

@description('The login that owns the PostgreSQL server.')
param postgresAdministrator string = 'ayna_owner'

@description('Its password: from the environment or a key vault, never from a file. Needed where there is PostgreSQL.')
@secure()
param postgresPassword string = ''

@description('Service Bus: Standard, or Premium for a broker with resources of its own.')
@allowed(['Standard', 'Premium'])
param serviceBusTier string = 'Standard'

@description('The unique id of the service account of Google that the triggers run as: it becomes an identity that sends to the topic.')
param triggersGoogleId string = ''

@description('The same for the gateway, which gets rights in the database.')
param gatewayGoogleId string = ''

@description('The addresses from which the gateway reaches the database.')
param gatewayAddresses array = []

@description('Whether keys open Service Bus, beside identities: for triggers without an identity there is one that can only send.')
param withSendKey bool = empty(triggersGoogleId)

@description('Days that logs are kept.')
param logDays int = 30

@description('The action group of Azure Monitor that alerts tell, by its resource id. Without one no alert rules are made.')
param alertActionGroupId string = ''

@description('On every resource.')
param tags object = { application: 'ayna' }

var suffix = uniqueString(resourceGroup().id)
var hasPostgres = withHub || engine == 'postgres'

module logs 'modules/logs.bicep' = {
  params: { location: location, prefix: prefix, days: logDays, tags: tags }
}

module identities 'modules/identities.bicep' = {
  params: {
    location: location
    prefix: prefix
    triggersGoogleId: triggersGoogleId
    gatewayGoogleId: gatewayGoogleId
    tags: tags
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  params: {
    location: location
    name: '${prefix}-${suffix}'
    tier: serviceBusTier
    withSendKey: withSendKey
    writerPrincipalId: identities.outputs.writer.principalId
    checkerPrincipalId: identities.outputs.checker.principalId
    hubPrincipalId: identities.outputs.hub.principalId
    triggersPrincipalId: identities.outputs.triggers.principalId
    logsId: logs.outputs.workspaceId
    tags: tags
  }
}

module vault 'modules/key-vault.bicep' = {
  params: { location: location, name: '${prefix}-${suffix}', logsId: logs.outputs.workspaceId, tags: tags }
}

module sqlServer 'modules/sql-server.bicep' = if (engine == 'sqlserver') {
  params: {
    location: location
    name: '${prefix}-${suffix}'
    administratorsName: sqlAdministratorsName
    administratorsId: sqlAdministratorsId
    gatewayAddresses: gatewayAddresses
    logsId: logs.outputs.workspaceId
    tags: tags
  }
}

module postgres 'modules/postgres.bicep' = if (hasPostgres) {
  params: {
    location: location
    name: '${prefix}-${suffix}'
    administrator: postgresAdministrator
    password: postgresPassword
    withMirror: engine == 'postgres'
    gatewayAddresses: gatewayAddresses
    vaultName: vault.outputs.name
    writerPrincipalId: identities.outputs.writer.principalId
    checkerPrincipalId: identities.outputs.checker.principalId
    hubPrincipalId: identities.outputs.hub.principalId
    tags: tags
  }
}

module webPubSub 'modules/web-pubsub.bicep' = if (withHub) {
  params: {
    location: location
    name: '${prefix}-${suffix}'
    vaultName: vault.outputs.name
    hubPrincipalId: identities.outputs.hub.principalId
    tags: tags
  }
}

module registry 'modules/registry.bicep' = {
  params: {
    location: location
    name: '${prefix}${suffix}'
    pullers: [
      identities.outputs.writer.principalId
      identities.outputs.checker.principalId
      identities.outputs.hub.principalId
    ]
    tags: tags
  }
}

module environment 'modules/container-environment.bicep' = {
  params: { location: location, prefix: prefix, workspaceName: logs.outputs.workspaceName, tags: tags }
}

module alerts 'modules/alerts.bicep' = if (!empty(alertActionGroupId)) {
  params: {
    location: location
    applicationInsightsId: logs.outputs.insightsId
    serviceBusNamespaceId: serviceBus.outputs.namespaceId
    actionGroupId: alertActionGroupId
    tags: tags
  }
}

@description('SERVICEBUS_NAMESPACE of every program.')
output serviceBusNamespace string = serviceBus.outputs.hostName

@description('Where images are pushed.')
output registry string = registry.outputs.loginServer

@description('DATABASE_URL of an app in Azure without its clientId; empty where the mirror is in PostgreSQL.')
output sqlServerUrl string = engine == 'sqlserver'
  ? 'mssql://${sqlServer!.outputs.host}:1433/${sqlServer!.outputs.database}?authentication=ActiveDirectoryManagedIdentity'
  : ''

@description('The users that a migration gives rights to, by their names in Entra ID.')
output databaseUsers object = {
  writer: identities.outputs.writer.name
  checker: identities.outputs.checker.name
  hub: identities.outputs.hub.name
  gateway: identities.outputs.gateway.name
}

@description('TRIGGERS_AZURE_CLIENT_ID of the deployment.')
output triggersClientId string = identities.outputs.triggers.clientId

@description('GATEWAY_AZURE_CLIENT_ID of the deployment.')
output gatewayClientId string = identities.outputs.gateway.clientId
