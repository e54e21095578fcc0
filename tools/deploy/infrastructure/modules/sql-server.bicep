// Azure SQL with identities alone: there is no login with a password.
param location string
param name string
param administratorsName string
param administratorsId string
param logsId string
param gatewayAddresses array
param tags object

@description('vCores at most; the database pauses for nobody, as the writer never rests.')
param maxCores int = 4

resource server 'Microsoft.Sql/servers@2023-08-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    minimalTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
    administrators: {
      administratorType: 'ActiveDirectory'
      azureADOnlyAuthentication: true
      principalType: 'Group'
      login: administratorsName
      sid: administratorsId
      tenantId: tenant().tenantId
    }
  }
}

resource database 'Microsoft.Sql/servers/databases@2023-08-01' = {
  parent: server
  name: 'mirror'
  location: location
  tags: tags
  sku: { name: 'GP_S_Gen5', tier: 'GeneralPurpose', family: 'Gen5', capacity: maxCores }
  properties: {
    autoPauseDelay: -1
    collation: 'SQL_Latin1_General_CP1_CI_AS'
    requestedBackupStorageRedundancy: 'Geo'
  }
}

// Whatever runs in Azure may knock; who comes in, Entra ID decides. A private endpoint is narrower.
resource fromAzure 'Microsoft.Sql/servers/firewallRules@2023-08-01' = {
  parent: server
  name: 'from-azure'
  properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' }
}

// The gateway knocks from Google.
resource fromGateway 'Microsoft.Sql/servers/firewallRules@2023-08-01' = [
  for (address, index) in gatewayAddresses: {
    parent: server
    name: 'gateway-${index}'
    properties: { startIpAddress: address, endIpAddress: address }
  }
]

resource auditing 'Microsoft.Sql/servers/auditingSettings@2023-08-01' = {
  parent: server
  name: 'default'
  properties: { state: 'Enabled', isAzureMonitorTargetEnabled: true }
}

resource master 'Microsoft.Sql/servers/databases@2023-08-01' existing = {
  parent: server
  name: 'master'
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: master
  name: 'audit'
  properties: {
    workspaceId: logsId
    logs: [{ category: 'SQLSecurityAuditEvents', enabled: true }]
  }
  dependsOn: [database]
}

output host string = server.properties.fullyQualifiedDomainName
output database string = database.name
