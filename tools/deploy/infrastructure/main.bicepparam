using 'main.bicep'

// Settings come from the environment of whoever deploys; a secret comes from there alone.
param prefix = readEnvironmentVariable('AYNA_PREFIX', 'ayna')
param engine = readEnvironmentVariable('AYNA_SQL_ENGINE', 'sqlserver')
param withHub = bool(readEnvironmentVariable('AYNA_WITH_HUB', 'true'))
param sqlAdministratorsName = readEnvironmentVariable('AYNA_SQL_ADMINISTRATORS')
param sqlAdministratorsId = readEnvironmentVariable('AYNA_SQL_ADMINISTRATORS_ID')
param postgresPassword = readEnvironmentVariable('AYNA_POSTGRES_PASSWORD', '')
param alertActionGroupId = readEnvironmentVariable('AYNA_ALERT_ACTION_GROUP', '')
param triggersGoogleId = readEnvironmentVariable('AYNA_TRIGGERS_GOOGLE_ID', '')
param gatewayGoogleId = readEnvironmentVariable('AYNA_GATEWAY_GOOGLE_ID', '')
param gatewayAddresses = empty(readEnvironmentVariable('AYNA_GATEWAY_ADDRESSES', ''))
  ? []
  : split(readEnvironmentVariable('AYNA_GATEWAY_ADDRESSES', ''), ',')
