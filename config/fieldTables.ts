import type { KindTable } from "./kinds";

/**
 * Fields of the KubeletConfiguration v1beta1 of Kubernetes 1.37, read off the types of its Go module k8s.io/kubelet. Those
 * of 1.35 and 1.36 are the same but for `newKubeletFields`.
 */
export const kubeletFields: KindTable = {
    text: `
        address authentication.x509.clientCAFile authorization.mode cgroupDriver cgroupRoot clusterDomain
        configMapAndSecretChangeDetectionStrategy containerLogMaxSize containerRuntimeEndpoint contentType
        cpuManagerPolicy hairpinMode healthzBindAddress imagePullCredentialsVerificationPolicy imageServiceEndpoint
        kubeReservedCgroup kubeletCgroups logging.format memoryManagerPolicy memoryReservationPolicy
        memorySwap.swapBehavior podCIDR podLogsDir providerID reservedSystemCPUs resolvConf
        showHiddenMetricsForVersion staticPodPath staticPodURL systemCgroups systemReservedCgroup tlsCertFile
        tlsMinVersion tlsPrivateKeyFile topologyManagerPolicy topologyManagerScope tracing.endpoint volumePluginDir
    `,
    textOrNumber: `logging.flushFrequency logging.options.json.infoBufferSize logging.options.text.infoBufferSize`,
    trueOrFalse: `
        authentication.anonymous.enabled authentication.webhook.enabled cgroupsPerQOS cpuCFSQuota
        enableContentionProfiling enableControllerAttachDetach enableDebugFlagsHandler enableDebuggingHandlers
        enableProfilingHandler enableServer enableSystemLogHandler enableSystemLogQuery failCgroupV1 failSwapOn
        kernelMemcgNotification localStorageCapacityIsolation logging.options.json.splitStream
        logging.options.text.splitStream makeIPTablesUtilChains mergeDefaultEvictionSettings protectKernelDefaults
        registerNode rotateCertificates runOnce seccompDefault serializeImagePulls serverTLSBootstrap
        singleProcessOOMKill
    `,
    wholeNumber: `
        containerLogMaxFiles containerLogMaxWorkers eventBurst eventRecordQPS evictionMaxPodGracePeriod healthzPort
        imageGCHighThresholdPercent imageGCLowThresholdPercent iptablesDropBit iptablesMasqueradeBit kubeAPIBurst
        kubeAPIQPS logging.verbosity maxOpenFiles maxParallelImagePulls maxPods nodeLeaseDurationSeconds
        nodeStatusMaxImages oomScoreAdj podPidsLimit podsPerCore port readOnlyPort registryBurst registryPullQPS
        tracing.samplingRatePerMillion userNamespaces.idsPerPod
    `,
    number: `memoryThrottlingFactor`,
    duration: `
        authentication.webhook.cacheTTL authorization.webhook.cacheAuthorizedTTL
        authorization.webhook.cacheUnauthorizedTTL containerLogMonitorInterval cpuCFSQuotaPeriod
        cpuManagerReconcilePeriod crashLoopBackOff.maxContainerRestartPeriod evictionPressureTransitionPeriod
        fileCheckFrequency httpCheckFrequency imageMaximumGCAge imageMinimumGCAge nodeStatusReportFrequency
        nodeStatusUpdateFrequency runtimeRequestTimeout shutdownGracePeriod shutdownGracePeriodCriticalPods
        streamingConnectionIdleTimeout syncFrequency volumeStatsAggPeriod
    `,
    list: `
        allowedUnsafeSysctls clusterDNS enforceNodeAllocatable logging.vmodule preloadedImagesVerificationAllowlist
        registerWithTaints reservedMemory shutdownGracePeriodByPodPriority tlsCipherSuites tlsCurvePreferences
    `,
    textMap: `
        cpuManagerPolicyOptions defaultPodSysctls evictionHard evictionMinimumReclaim evictionSoft
        evictionSoftGracePeriod kubeReserved qosReserved systemReserved topologyManagerPolicyOptions
    `,
    gateMap: `featureGates`,
    listMap: `staticPodURLHeader`,
};

/** Of those the new ones, with the minor of Kubernetes 1 that brought them. */
export const newKubeletFields: Readonly<Record<string, number>> = {
    defaultPodSysctls: 37,
    memoryReservationPolicy: 36,
    tlsCurvePreferences: 36,
};

/** Fields of the KubeProxyConfiguration v1alpha1 of Kubernetes 1.35 to 1.37, read off the Go module k8s.io/kube-proxy. */
export const kubeProxyFields: KindTable = {
    text: `
        bindAddress clientConnection.acceptContentTypes clientConnection.contentType clientConnection.kubeconfig
        clusterCIDR detectLocal.bridgeInterface detectLocal.interfaceNamePrefix detectLocalMode healthzBindAddress
        hostnameOverride ipvs.scheduler logging.format metricsBindAddress mode portRange showHiddenMetricsForVersion
        winkernel.networkName winkernel.rootHnsEndpointName winkernel.sourceVip
    `,
    textOrNumber: `logging.flushFrequency logging.options.json.infoBufferSize logging.options.text.infoBufferSize`,
    trueOrFalse: `
        bindAddressHardFail conntrack.tcpBeLiberal enableProfiling iptables.localhostNodePorts iptables.masqueradeAll
        ipvs.strictARP logging.options.json.splitStream logging.options.text.splitStream nftables.masqueradeAll
        windowsRunAsService winkernel.enableDSR winkernel.forwardHealthCheckVip
    `,
    wholeNumber: `
        clientConnection.burst conntrack.maxPerCore conntrack.min iptables.masqueradeBit logging.verbosity
        nftables.masqueradeBit oomScoreAdj
    `,
    number: `clientConnection.qps`,
    duration: `
        configSyncPeriod conntrack.tcpCloseWaitTimeout conntrack.tcpEstablishedTimeout conntrack.udpStreamTimeout
        conntrack.udpTimeout iptables.minSyncPeriod iptables.syncPeriod ipvs.minSyncPeriod ipvs.syncPeriod
        ipvs.tcpFinTimeout ipvs.tcpTimeout ipvs.udpTimeout nftables.minSyncPeriod nftables.syncPeriod
    `,
    list: `ipvs.excludeCIDRs logging.vmodule nodePortAddresses`,
    gateMap: `featureGates`,
};
